-- CreateTable
CREATE TABLE `device` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `userId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `platform` ENUM('fcm', 'apns') NOT NULL,
    `tokenHash` BINARY(32) NOT NULL,
    `token` VARCHAR(1000) NOT NULL,
    `environment` ENUM('production', 'sandbox') NOT NULL DEFAULT 'production',
    `topic` VARCHAR(255) NULL,
    `name` VARCHAR(100) NULL,
    `locale` VARCHAR(35) NULL,
    `createdAt` DATETIME(3) NOT NULL,
    `lastSeenAt` DATETIME(3) NOT NULL,
    `disabledAt` DATETIME(3) NULL,
    `disabledReason` VARCHAR(100) NULL,

    UNIQUE INDEX `device_tokenHash_key`(`tokenHash`),
    INDEX `device_userId_disabledAt_idx`(`userId`, `disabledAt`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `push_delivery` (
    `notificationId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `deviceId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `userId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `platform` ENUM('fcm', 'apns') NOT NULL,
    `status` ENUM('pending', 'accepted', 'failed', 'cancelled', 'withdrawing', 'withdrawn') NOT NULL DEFAULT 'pending',
    `dueAt` DATETIME(3) NULL,
    `attempts` INTEGER NOT NULL DEFAULT 0,
    `round` INTEGER NOT NULL DEFAULT 0,
    `providerId` VARCHAR(100) NULL,
    `errorCode` VARCHAR(100) NULL,
    `sentAt` DATETIME(3) NULL,

    INDEX `push_delivery_platform_dueAt_idx`(`platform`, `dueAt`),
    PRIMARY KEY (`notificationId`, `deviceId`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `user_preference` (
    `userId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `quietHours` JSON NULL,
    `minimumPriority` INTEGER NOT NULL DEFAULT 5,
    `mutedRules` JSON NOT NULL,
    `updatedAt` DATETIME(3) NOT NULL,

    PRIMARY KEY (`userId`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `rule_escalation_role` (
    `ruleId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `roleId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,

    INDEX `rule_escalation_role_roleId_idx`(`roleId`),
    PRIMARY KEY (`ruleId`, `roleId`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- AlterTable
ALTER TABLE `notification` ADD COLUMN `ackPolicy` ENUM('any', 'all') NOT NULL DEFAULT 'any',
    ADD COLUMN `ackTimeoutSeconds` INTEGER NULL,
    ADD COLUMN `withdrawDueAt` DATETIME(3) NULL,
    ADD COLUMN `withdrawAttempts` INTEGER NOT NULL DEFAULT 0,
    MODIFY `ruleId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL;

-- AlterTable
ALTER TABLE `notification_recipient` ADD COLUMN `receivedAt` DATETIME(3) NULL,
    ADD COLUMN `soundedAt` DATETIME(3) NULL,
    ADD COLUMN `heldReason` VARCHAR(30) NULL;

-- AlterTable
ALTER TABLE `user_inbox` ADD COLUMN `held` INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN `summaryDueAt` DATETIME(3) NULL;

-- CreateIndex
CREATE INDEX `notification_withdrawDueAt_idx` ON `notification`(`withdrawDueAt`);

-- CreateIndex
CREATE INDEX `user_inbox_summaryDueAt_idx` ON `user_inbox`(`summaryDueAt`);

-- AddForeignKey
ALTER TABLE `device` ADD CONSTRAINT `device_userId_fkey` FOREIGN KEY (`userId`) REFERENCES `user`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `user_preference` ADD CONSTRAINT `user_preference_userId_fkey` FOREIGN KEY (`userId`) REFERENCES `user`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `rule_escalation_role` ADD CONSTRAINT `rule_escalation_role_ruleId_fkey` FOREIGN KEY (`ruleId`) REFERENCES `rule`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `rule_escalation_role` ADD CONSTRAINT `rule_escalation_role_roleId_fkey` FOREIGN KEY (`roleId`) REFERENCES `role`(`id`) ON DELETE RESTRICT ON UPDATE CASCADE;
