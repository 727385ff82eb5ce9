-- AlterTable
ALTER TABLE `user_inbox` ADD COLUMN `reconciledAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3);

-- CreateIndex
CREATE INDEX `user_inbox_reconciledAt_idx` ON `user_inbox`(`reconciledAt`);
