-- AlterTable
ALTER TABLE `user_inbox` ADD COLUMN `prunedSeq` BIGINT NOT NULL DEFAULT 0;
