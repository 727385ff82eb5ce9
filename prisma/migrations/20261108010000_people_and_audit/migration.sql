-- CreateTable
CREATE TABLE `password_reset` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `userId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `tokenHash` BINARY(32) NOT NULL,
    `expiresAt` DATETIME(3) NOT NULL,
    `createdBy` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),

    UNIQUE INDEX `password_reset_userId_key`(`userId`),
    UNIQUE INDEX `password_reset_tokenHash_key`(`tokenHash`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- AddForeignKey
ALTER TABLE `password_reset` ADD CONSTRAINT `password_reset_userId_fkey` FOREIGN KEY (`userId`) REFERENCES `user`(`id`) ON DELETE CASCADE ON UPDATE CASCADE;

-- CreateIndex
CREATE INDEX `audit_log_resourceType_timestamp_idx` ON `audit_log`(`resourceType`, `timestamp`);
