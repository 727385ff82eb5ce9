-- AlterTable
ALTER TABLE `notification` ADD COLUMN `withdrawLease` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL;

-- AlterTable
ALTER TABLE `push_delivery` ADD COLUMN `leaseId` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
    ADD COLUMN `calledAt` DATETIME(3) NULL;
