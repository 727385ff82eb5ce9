-- DropIndex
DROP INDEX `dead_letter_status_createdAt_idx` ON `dead_letter`;

-- CreateIndex
CREATE INDEX `dead_letter_status_id_idx` ON `dead_letter`(`status`, `id`);
