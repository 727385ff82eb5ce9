-- The payload as it was sent, where it has numbers whose digits a JSON column of MySQL does not keep.
-- AlterTable
ALTER TABLE `event` ADD COLUMN `payloadText` LONGTEXT NULL;
