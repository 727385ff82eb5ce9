-- AlterTable
ALTER TABLE `notification` ADD COLUMN `audience` VARCHAR(4000) CHARACTER SET ascii COLLATE ascii_bin NULL,
    ADD COLUMN `escalateTo` VARCHAR(1000) CHARACTER SET ascii COLLATE ascii_bin NULL,
    ADD COLUMN `quietedBy` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL;

-- AlterTable
ALTER TABLE `device` ADD COLUMN `sessionId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
    ADD COLUMN `unprovenSince` DATETIME(3) NULL;

-- CreateIndex
CREATE INDEX `device_sessionId_idx` ON `device`(`sessionId`);

-- AlterTable
ALTER TABLE `user` ADD COLUMN `screensEndDueAt` DATETIME(3) NULL;

-- CreateIndex
CREATE INDEX `user_screensEndDueAt_idx` ON `user`(`screensEndDueAt`);

-- AlterTable
ALTER TABLE `notification_recipient` ADD COLUMN `summaryAt` DATETIME(3) NULL;
