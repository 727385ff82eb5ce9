-- CreateTable
CREATE TABLE `sync_epoch` (
    `id` INTEGER NOT NULL,
    `epoch` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `since` DATETIME(3) NOT NULL,

    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- The first epoch: every database has one of its own.
INSERT INTO `sync_epoch` (`id`, `epoch`, `since`) VALUES (1, UUID(), UTC_TIMESTAMP(3));
