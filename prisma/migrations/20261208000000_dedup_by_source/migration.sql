-- Rules that go by the events' own dedup keys find their windows by source and key from now on. Those that are open get
-- such a row beside the one that workers of the version before look for.
-- reviewed many-rows: only windows that are open, at most one for each key of a rule in its dedup window
INSERT INTO `alert_group` (`ruleId`, `groupHash`, `groupKey`, `notificationId`, `windowEndsAt`)
SELECT `old`.`ruleId`, `notification`.`dedupHash`, `old`.`groupKey`, `old`.`notificationId`, `old`.`windowEndsAt`
  FROM `alert_group` AS `old`
  JOIN `notification` ON `notification`.`id` = `old`.`notificationId`
  JOIN `rule` ON `rule`.`id` = `old`.`ruleId`
 WHERE `old`.`windowEndsAt` > UTC_TIMESTAMP(3)
   AND `rule`.`dedupKeyTemplate` IS NULL
   AND `notification`.`dedupHash` IS NOT NULL
ON DUPLICATE KEY UPDATE `windowEndsAt` = VALUES(`windowEndsAt`);
