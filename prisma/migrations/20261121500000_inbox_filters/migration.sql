-- AlterTable
ALTER TABLE `notification_recipient` ADD COLUMN `ruleId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
    ADD COLUMN `kind` ENUM('alert', 'storm', 'digest', 'resolved', 'drill') NOT NULL DEFAULT 'alert',
    ADD COLUMN `priority` INTEGER NOT NULL DEFAULT 3;

-- AlterTable
ALTER TABLE `user_inbox` ADD COLUMN `listed` INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN `acknowledged` INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN `archived` INTEGER NOT NULL DEFAULT 0;

-- What is there already gets its notification's columns; what was deleted counts as read.
UPDATE `notification_recipient` JOIN `notification` ON `notification`.`id` = `notification_recipient`.`notificationId`
   SET `notification_recipient`.`ruleId` = `notification`.`ruleId`,
       `notification_recipient`.`kind` = `notification`.`kind`,
       `notification_recipient`.`priority` = `notification`.`priority`,
       `notification_recipient`.`createdAt` = `notification`.`createdAt`,
       `notification_recipient`.`readAt` = COALESCE(`notification_recipient`.`readAt`, `notification_recipient`.`deletedAt`);

UPDATE `user_inbox` JOIN (
    SELECT `userId`,
           COALESCE(SUM(`archivedAt` IS NULL), 0) AS `listed`,
           COALESCE(SUM(`archivedAt` IS NULL AND `acknowledgedAt` IS NOT NULL), 0) AS `acknowledged`,
           COALESCE(SUM(`archivedAt` IS NOT NULL), 0) AS `archived`
      FROM `notification_recipient` WHERE `deletedAt` IS NULL GROUP BY `userId`
  ) AS `counted` ON `counted`.`userId` = `user_inbox`.`userId`
   SET `user_inbox`.`listed` = `counted`.`listed`,
       `user_inbox`.`acknowledged` = `counted`.`acknowledged`,
       `user_inbox`.`archived` = `counted`.`archived`;

-- AlterTable
ALTER TABLE `notification_recipient` ALTER COLUMN `kind` DROP DEFAULT,
    ALTER COLUMN `priority` DROP DEFAULT;

-- DropIndex
DROP INDEX `notification_recipient_notificationId_userId_idx` ON `notification_recipient`;

-- CreateIndex
CREATE INDEX `notification_recipient_notificationId_acknowledgedAt_userId_idx` ON `notification_recipient`(`notificationId`, `acknowledgedAt`, `userId`);

-- CreateIndex
CREATE INDEX `notification_createdAt_idx` ON `notification`(`createdAt`);

-- CreateIndex
CREATE INDEX `notification_priority_createdAt_idx` ON `notification`(`priority`, `createdAt`);

-- CreateIndex
CREATE INDEX `notification_kind_createdAt_idx` ON `notification`(`kind`, `createdAt`);
