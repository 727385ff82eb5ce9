-- CreateTable
CREATE TABLE `api_key` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `name` VARCHAR(100) NOT NULL,
    `prefix` CHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `secretHash` BINARY(32) NOT NULL,
    `previousSecretHash` BINARY(32) NULL,
    `previousSecretExpiresAt` DATETIME(3) NULL,
    `scopes` JSON NOT NULL,
    `source` VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    `expiresAt` DATETIME(3) NULL,
    `lastUsedAt` DATETIME(3) NULL,
    `revokedAt` DATETIME(3) NULL,
    `createdBy` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),

    UNIQUE INDEX `api_key_prefix_key`(`prefix`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- AlterTable
ALTER TABLE `audit_log` MODIFY `actorType` ENUM('user', 'system', 'anonymous', 'api_key') NOT NULL;
