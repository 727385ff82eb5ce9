-- CreateTable
CREATE TABLE `fanout_part` (
    `notificationId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `userIds` JSON NOT NULL,

    PRIMARY KEY (`notificationId`, `id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
