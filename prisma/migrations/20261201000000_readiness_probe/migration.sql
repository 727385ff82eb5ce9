-- CreateTable
CREATE TABLE `readiness_probe` (
    `id` INTEGER NOT NULL,
    `count` BIGINT NOT NULL,

    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
