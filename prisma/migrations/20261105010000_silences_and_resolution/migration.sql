-- CreateTable
CREATE TABLE `silence` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `condition` TEXT NOT NULL,
    `startsAt` DATETIME(3) NOT NULL,
    `endsAt` DATETIME(3) NULL,
    `weekly` JSON NULL,
    `comment` TEXT NOT NULL,
    `createdBy` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `updatedAt` DATETIME(3) NOT NULL,

    INDEX `silence_endsAt_idx`(`endsAt`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- AlterTable
ALTER TABLE `decision_log` ADD COLUMN `silenceId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL;

-- AlterTable
ALTER TABLE `notification` ADD COLUMN `dedupHash` BINARY(32) NULL;

-- CreateIndex
CREATE INDEX `notification_dedupHash_createdAt_idx` ON `notification`(`dedupHash`, `createdAt`);

-- CreateIndex
CREATE INDEX `alert_group_notificationId_idx` ON `alert_group`(`notificationId`);
