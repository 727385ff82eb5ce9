-- AlterTable
ALTER TABLE `notification` ADD COLUMN `deliveryLease` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL;
