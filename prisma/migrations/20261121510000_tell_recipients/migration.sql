-- AlterTable
ALTER TABLE `notification` ADD COLUMN `tellDueAt` DATETIME(3) NULL,
    ADD COLUMN `tellAfterUserId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL;

-- CreateIndex
CREATE INDEX `notification_tellDueAt_idx` ON `notification`(`tellDueAt`);
