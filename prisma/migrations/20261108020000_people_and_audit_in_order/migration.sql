-- DropIndex
DROP INDEX `audit_log_resourceType_resourceId_timestamp_idx` ON `audit_log`;

-- DropIndex
DROP INDEX `user_status_createdAt_idx` ON `user`;

-- CreateIndex
CREATE INDEX `audit_log_resourceId_timestamp_idx` ON `audit_log`(`resourceId`, `timestamp`);

-- CreateIndex
CREATE INDEX `user_status_id_idx` ON `user`(`status`, `id`);
