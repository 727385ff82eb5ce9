-- CreateTable
CREATE TABLE `transfer_bucket` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `name` VARCHAR(255) NOT NULL,
    `currentBalance` DECIMAL(19, 4) NOT NULL,
    `threshold` DECIMAL(19, 4) NOT NULL,
    `hysteresis` DECIMAL(19, 4) NOT NULL,
    `currency` CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `state` ENUM('ok', 'breached') NOT NULL DEFAULT 'ok',
    `stateChangedAt` DATETIME(3) NULL,
    `createdAt` DATETIME(3) NOT NULL,
    `updatedAt` DATETIME(3) NOT NULL,

    INDEX `transfer_bucket_state_id_idx`(`state`, `id`),
    INDEX `transfer_bucket_currency_id_idx`(`currency`, `id`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `bucket_balance_entry` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `bucketId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `kind` ENUM('opening', 'set', 'adjustment') NOT NULL,
    `amount` DECIMAL(20, 4) NOT NULL,
    `balanceAfter` DECIMAL(19, 4) NOT NULL,
    `idempotencyKey` VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    `idempotencyHash` BINARY(32) NULL,
    `createdBy` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `createdAt` DATETIME(3) NOT NULL,

    UNIQUE INDEX `bucket_balance_entry_bucketId_idempotencyHash_key`(`bucketId`, `idempotencyHash`),
    INDEX `bucket_balance_entry_bucketId_id_idx`(`bucketId`, `id`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- AddForeignKey
ALTER TABLE `bucket_balance_entry` ADD CONSTRAINT `bucket_balance_entry_bucketId_fkey` FOREIGN KEY (`bucketId`) REFERENCES `transfer_bucket`(`id`) ON DELETE RESTRICT ON UPDATE CASCADE;
