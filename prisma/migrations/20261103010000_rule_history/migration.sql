-- AlterTable
ALTER TABLE `rule` ADD COLUMN `tests` JSON NULL;

-- AlterTable
ALTER TABLE `rule_version` ADD COLUMN `kind` ENUM('created', 'updated', 'rolled_back', 'deleted') NOT NULL DEFAULT 'updated',
    ADD COLUMN `restoredVersion` INTEGER NULL;

-- What is there already was made by creating a rule.
UPDATE `rule_version` SET `kind` = 'created' WHERE `version` = 1;

-- CreateIndex
CREATE INDEX `rule_deletedAt_name_idx` ON `rule`(`deletedAt`, `name`);

-- CreateIndex
CREATE INDEX `rule_deletedAt_priority_idx` ON `rule`(`deletedAt`, `priority`);

-- CreateIndex
CREATE INDEX `rule_deletedAt_updatedAt_idx` ON `rule`(`deletedAt`, `updatedAt`);
