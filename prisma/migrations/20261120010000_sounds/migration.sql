-- CreateTable
CREATE TABLE `sound` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `name` VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    `objectKey` VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `contentType` VARCHAR(50) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `bytes` INTEGER NOT NULL,
    `sha256` BINARY(32) NOT NULL,
    `createdBy` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `createdAt` DATETIME(3) NOT NULL,

    UNIQUE INDEX `sound_name_key`(`name`),
    UNIQUE INDEX `sound_objectKey_key`(`objectKey`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- CreateTable
CREATE TABLE `orphan_object` (
    `objectKey` VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `state` ENUM('uploading', 'deleting') NOT NULL,
    `dueAt` DATETIME(3) NOT NULL,

    INDEX `orphan_object_dueAt_idx`(`dueAt`),
    PRIMARY KEY (`objectKey`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- AlterTable
ALTER TABLE `rule` ADD COLUMN `soundId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL;

-- CreateIndex
CREATE INDEX `rule_soundId_idx` ON `rule`(`soundId`);

-- AddForeignKey
ALTER TABLE `rule` ADD CONSTRAINT `rule_soundId_fkey` FOREIGN KEY (`soundId`) REFERENCES `sound`(`id`) ON DELETE RESTRICT ON UPDATE CASCADE;
