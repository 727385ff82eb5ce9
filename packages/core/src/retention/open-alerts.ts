/** A notification that asks for something, and that nobody acknowledged and nothing resolved. Of table `notification`. */
export const isOpen = `(notification.kind IN ('alert', 'storm', 'digest')
  AND notification.acknowledgedAt IS NULL AND notification.resolvedAt IS NULL)`;
