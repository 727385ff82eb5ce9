-- A DATETIME that is NULL keeps its room in this format, so that "processed, at …" is written over the row where it is.
-- In the usual format the row grows, in a page that is full.
ALTER TABLE `event` ROW_FORMAT=REDUNDANT;
