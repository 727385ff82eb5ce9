-- CreateTable
CREATE TABLE `webview_action` (
    `id` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `notificationId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `userId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `action` VARCHAR(20) NOT NULL,
    `url` VARCHAR(2000) NULL,
    `at` DATETIME(3) NOT NULL,

    INDEX `webview_action_notificationId_at_idx`(`notificationId`, `at`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
