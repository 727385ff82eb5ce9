-- CreateTable
CREATE TABLE `role` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `name` VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    `permissions` JSON NOT NULL,
    `description` TEXT NOT NULL,
    `system` BOOLEAN NOT NULL DEFAULT false,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),

    UNIQUE INDEX `role_name_key`(`name`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `user` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `email` VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    `phone` VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    `passwordHash` VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `status` ENUM('unverified', 'pending', 'active', 'disabled', 'rejected') NOT NULL DEFAULT 'pending',
    `sessionVersion` INTEGER NOT NULL DEFAULT 1,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `updatedAt` DATETIME(3) NOT NULL,

    UNIQUE INDEX `user_email_key`(`email`),
    UNIQUE INDEX `user_phone_key`(`phone`),
    INDEX `user_status_createdAt_idx`(`status`, `createdAt`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `user_role` (
    `userId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `roleId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,

    INDEX `user_role_roleId_userId_idx`(`roleId`, `userId`),
    PRIMARY KEY (`userId`, `roleId`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `refresh_token` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `userId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `tokenHash` BINARY(32) NOT NULL,
    `familyId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `replacedById` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
    `expiresAt` DATETIME(3) NOT NULL,
    `revokedAt` DATETIME(3) NULL,
    `ip` VARCHAR(45) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    `userAgent` VARCHAR(255) NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),

    UNIQUE INDEX `refresh_token_tokenHash_key`(`tokenHash`),
    INDEX `refresh_token_familyId_idx`(`familyId`),
    INDEX `refresh_token_userId_idx`(`userId`),
    INDEX `refresh_token_expiresAt_idx`(`expiresAt`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `rule` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `name` VARCHAR(255) NOT NULL,
    `description` TEXT NOT NULL,
    `condition` TEXT NOT NULL,
    `titleTemplate` VARCHAR(1000) NOT NULL,
    `messageTemplate` TEXT NOT NULL,
    `action` JSON NULL,
    `sound` VARCHAR(255) NULL,
    `priority` INTEGER NOT NULL,
    `active` BOOLEAN NOT NULL DEFAULT true,
    `mode` ENUM('live', 'shadow') NOT NULL DEFAULT 'live',
    `dedupKeyTemplate` VARCHAR(1000) NULL,
    `dedupWindowSeconds` INTEGER NOT NULL DEFAULT 0,
    `stormLimit` INTEGER NULL,
    `stormWindowSeconds` INTEGER NULL,
    `stormMode` ENUM('digest', 'suppress') NOT NULL DEFAULT 'digest',
    `ackPolicy` ENUM('any', 'all') NOT NULL DEFAULT 'any',
    `ackTimeoutSeconds` INTEGER NULL,
    `version` INTEGER NOT NULL DEFAULT 1,
    `createdBy` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    `updatedAt` DATETIME(3) NOT NULL,
    `deletedAt` DATETIME(3) NULL,

    INDEX `rule_deletedAt_active_idx`(`deletedAt`, `active`),
    INDEX `rule_createdBy_idx`(`createdBy`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `rule_target_role` (
    `ruleId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `roleId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,

    INDEX `rule_target_role_roleId_idx`(`roleId`),
    PRIMARY KEY (`ruleId`, `roleId`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `rule_version` (
    `ruleId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `version` INTEGER NOT NULL,
    `snapshot` JSON NOT NULL,
    `authorId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),

    PRIMARY KEY (`ruleId`, `version`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `rule_gate` (
    `ruleId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `stormId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
    `openedAt` DATETIME(3) NULL,
    `suppressed` INTEGER NOT NULL DEFAULT 0,
    `digested` INTEGER NOT NULL DEFAULT 0,
    `digestNo` INTEGER NOT NULL DEFAULT 0,
    `nextDigestAt` DATETIME(3) NULL,

    INDEX `rule_gate_nextDigestAt_idx`(`nextDigestAt`),
    PRIMARY KEY (`ruleId`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `event` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `type` VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    `source` VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    `payload` JSON NOT NULL,
    `action` ENUM('trigger', 'acknowledge', 'resolve') NOT NULL DEFAULT 'trigger',
    `status` ENUM('received', 'processed', 'failed', 'dead') NOT NULL DEFAULT 'received',
    `attempts` INTEGER NOT NULL DEFAULT 0,
    `lastError` VARCHAR(1000) NULL,
    `nextAttemptAt` DATETIME(3) NULL,
    `idempotencyKey` VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    `idempotencyHash` BINARY(32) NULL,
    `bodyHash` BINARY(32) NOT NULL,
    `dedupKey` VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    `correlationId` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    `occurredAt` DATETIME(3) NULL,
    `expiresAt` DATETIME(3) NULL,
    `receivedAt` DATETIME(3) NOT NULL,
    `processedAt` DATETIME(3) NULL,

    UNIQUE INDEX `event_idempotencyHash_key`(`idempotencyHash`),
    INDEX `event_status_receivedAt_idx`(`status`, `receivedAt`),
    INDEX `event_type_receivedAt_idx`(`type`, `receivedAt`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `alert_group` (
    `ruleId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `groupHash` BINARY(32) NOT NULL,
    `groupKey` VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    `notificationId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `windowEndsAt` DATETIME(3) NOT NULL,

    INDEX `alert_group_windowEndsAt_idx`(`windowEndsAt`),
    PRIMARY KEY (`ruleId`, `groupHash`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `dedup_marker` (
    `keyHash` BINARY(32) NOT NULL,
    `source` VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    `dedupKey` VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    `resolvedAt` DATETIME(3) NULL,
    `resolvedByEvent` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
    `acknowledgedAt` DATETIME(3) NULL,
    `acknowledgedByEvent` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
    `touchedAt` DATETIME(3) NOT NULL,

    INDEX `dedup_marker_touchedAt_idx`(`touchedAt`),
    PRIMARY KEY (`keyHash`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `notification` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `ruleId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `eventId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
    `kind` ENUM('alert', 'storm', 'digest', 'resolved', 'drill') NOT NULL,
    `sourceKey` VARCHAR(120) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `title` VARCHAR(255) NOT NULL,
    `message` TEXT NOT NULL,
    `truncated` BOOLEAN NOT NULL DEFAULT false,
    `sound` VARCHAR(255) NULL,
    `action` JSON NULL,
    `priority` INTEGER NOT NULL,
    `ruleVersion` INTEGER NOT NULL,
    `occurrences` INTEGER NOT NULL DEFAULT 1,
    `recipientCount` INTEGER NOT NULL DEFAULT 0,
    `delivered` BOOLEAN NOT NULL DEFAULT false,
    `pusherEventSent` BOOLEAN NOT NULL DEFAULT false,
    `deliveryDueAt` DATETIME(3) NULL,
    `deliveryAttempts` INTEGER NOT NULL DEFAULT 0,
    `fanoutDueAt` DATETIME(3) NULL,
    `fanoutAfterUserId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
    `nextEscalationAt` DATETIME(3) NULL,
    `escalationLevel` INTEGER NOT NULL DEFAULT 0,
    `acknowledgedAt` DATETIME(3) NULL,
    `resolvedAt` DATETIME(3) NULL,
    `expiresAt` DATETIME(3) NULL,
    `createdAt` DATETIME(3) NOT NULL,
    `deliveredAt` DATETIME(3) NULL,

    UNIQUE INDEX `notification_sourceKey_key`(`sourceKey`),
    INDEX `notification_ruleId_createdAt_idx`(`ruleId`, `createdAt`),
    INDEX `notification_eventId_idx`(`eventId`),
    INDEX `notification_deliveryDueAt_idx`(`deliveryDueAt`),
    INDEX `notification_fanoutDueAt_idx`(`fanoutDueAt`),
    INDEX `notification_nextEscalationAt_idx`(`nextEscalationAt`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `notification_recipient` (
    `userId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `notificationId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `seq` BIGINT NOT NULL,
    `delivery` ENUM('pending', 'sent', 'failed') NOT NULL DEFAULT 'pending',
    `deliveredAt` DATETIME(3) NULL,
    `errorCode` VARCHAR(100) NULL,
    `seenAt` DATETIME(3) NULL,
    `readAt` DATETIME(3) NULL,
    `acknowledgedAt` DATETIME(3) NULL,
    `archivedAt` DATETIME(3) NULL,
    `deletedAt` DATETIME(3) NULL,
    `createdAt` DATETIME(3) NOT NULL,

    UNIQUE INDEX `notification_recipient_userId_seq_key`(`userId`, `seq`),
    INDEX `notification_recipient_notificationId_userId_idx`(`notificationId`, `userId`),
    INDEX `notification_recipient_userId_readAt_notificationId_idx`(`userId`, `readAt`, `notificationId`),
    PRIMARY KEY (`userId`, `notificationId`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `user_inbox` (
    `userId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `lastSeq` BIGINT NOT NULL DEFAULT 0,
    `unread` INTEGER NOT NULL DEFAULT 0,

    PRIMARY KEY (`userId`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `decision_log` (
    `eventId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `ruleId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `ruleVersion` INTEGER NOT NULL,
    `outcome` ENUM('alerted', 'deduplicated', 'silenced', 'suppressed') NOT NULL,
    `reason` VARCHAR(50) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `notificationId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
    `decidedAt` DATETIME(3) NOT NULL,

    INDEX `decision_log_ruleId_decidedAt_idx`(`ruleId`, `decidedAt`),
    PRIMARY KEY (`eventId`, `ruleId`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `dead_letter` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `eventId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
    `streamId` VARCHAR(50) CHARACTER SET ascii COLLATE ascii_bin NULL,
    `body` MEDIUMTEXT NULL,
    `error` VARCHAR(1000) NOT NULL,
    `attempts` INTEGER NOT NULL,
    `status` ENUM('open', 'redriven', 'discarded') NOT NULL DEFAULT 'open',
    `createdAt` DATETIME(3) NOT NULL,
    `closedAt` DATETIME(3) NULL,
    `closedBy` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,

    UNIQUE INDEX `dead_letter_eventId_key`(`eventId`),
    UNIQUE INDEX `dead_letter_streamId_key`(`streamId`),
    INDEX `dead_letter_status_createdAt_idx`(`status`, `createdAt`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `delivery_attempt` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `notificationId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `channel` ENUM('pusher', 'fcm', 'apns') NOT NULL,
    `status` ENUM('accepted', 'failed') NOT NULL,
    `attempt` INTEGER NOT NULL,
    `recipientCount` INTEGER NOT NULL,
    `providerId` VARCHAR(100) NULL,
    `errorCode` VARCHAR(100) NULL,
    `errorMessage` VARCHAR(500) NULL,
    `startedAt` DATETIME(3) NOT NULL,
    `finishedAt` DATETIME(3) NOT NULL,

    INDEX `delivery_attempt_notificationId_startedAt_idx`(`notificationId`, `startedAt`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `audit_log` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `action` VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `userId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
    `actorType` ENUM('user', 'system', 'anonymous') NOT NULL,
    `actorLabel` VARCHAR(255) NULL,
    `resourceType` VARCHAR(50) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `resourceId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
    `metadata` JSON NULL,
    `before` JSON NULL,
    `after` JSON NULL,
    `requestId` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    `ip` VARCHAR(45) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    `timestamp` DATETIME(3) NOT NULL,

    INDEX `audit_log_timestamp_idx`(`timestamp`),
    INDEX `audit_log_userId_timestamp_idx`(`userId`, `timestamp`),
    INDEX `audit_log_resourceType_resourceId_timestamp_idx`(`resourceType`, `resourceId`, `timestamp`),
    INDEX `audit_log_action_timestamp_idx`(`action`, `timestamp`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `data_version` (
    `name` VARCHAR(50) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `value` BIGINT NOT NULL DEFAULT 0,

    PRIMARY KEY (`name`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- AddForeignKey
ALTER TABLE `user_role` ADD CONSTRAINT `user_role_userId_fkey` FOREIGN KEY (`userId`) REFERENCES `user`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `user_role` ADD CONSTRAINT `user_role_roleId_fkey` FOREIGN KEY (`roleId`) REFERENCES `role`(`id`) ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `refresh_token` ADD CONSTRAINT `refresh_token_userId_fkey` FOREIGN KEY (`userId`) REFERENCES `user`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `rule` ADD CONSTRAINT `rule_createdBy_fkey` FOREIGN KEY (`createdBy`) REFERENCES `user`(`id`) ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `rule_target_role` ADD CONSTRAINT `rule_target_role_ruleId_fkey` FOREIGN KEY (`ruleId`) REFERENCES `rule`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `rule_target_role` ADD CONSTRAINT `rule_target_role_roleId_fkey` FOREIGN KEY (`roleId`) REFERENCES `role`(`id`) ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `rule_version` ADD CONSTRAINT `rule_version_ruleId_fkey` FOREIGN KEY (`ruleId`) REFERENCES `rule`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `rule_gate` ADD CONSTRAINT `rule_gate_ruleId_fkey` FOREIGN KEY (`ruleId`) REFERENCES `rule`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `notification` ADD CONSTRAINT `notification_ruleId_fkey` FOREIGN KEY (`ruleId`) REFERENCES `rule`(`id`) ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `notification` ADD CONSTRAINT `notification_eventId_fkey` FOREIGN KEY (`eventId`) REFERENCES `event`(`id`) ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE `user_inbox` ADD CONSTRAINT `user_inbox_userId_fkey` FOREIGN KEY (`userId`) REFERENCES `user`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;
