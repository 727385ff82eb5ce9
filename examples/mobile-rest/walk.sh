#!/usr/bin/env bash
# What a phone does, by REST alone: logs in, registers for push notifications, joins its channel, reads its inbox, acknowledges, catches up, logs out.
set -euo pipefail

API=${TOCSIN_URL:-http://127.0.0.1:3000}/api/v1
EMAIL=${TOCSIN_EMAIL:-operator1@tocsin.local}
PASSWORD=${TOCSIN_PASSWORD:-demo-operator-1}
# What Pusher's library tells once it is connected.
SOCKET_ID=${SOCKET_ID:-1234.5678}

field() { node -pe "JSON.parse(require('fs').readFileSync(0)).$1"; }
call() {
  curl -sS --fail-with-body -X "$1" "$API$2" -H "Authorization: Bearer $TOKEN" \
    -H 'Content-Type: application/json' ${3:+-d "$3"}
}

SESSION=$(curl -sS --fail-with-body "$API/auth/login" -H 'Content-Type: application/json' \
  -d "{\"email\": \"$EMAIL\", \"password\": \"$PASSWORD\"}")
TOKEN=$(field accessToken <<<"$SESSION")
USER_ID=$(field user.id <<<"$SESSION")
echo "logged in as $EMAIL"

# A phone tells of itself at each start; its token comes from Firebase (or Apple, with "apns").
DEVICE=$(call POST /users/me/devices "{\"platform\": \"fcm\", \"token\": \"${PUSH_TOKEN:-example-token}\"}" | field id)
echo "registered for push notifications"

echo "Pusher's key: $(call GET /config/realtime | field key)"
AUTH=$(call POST /users/me/pusher-auth \
  "{\"socket_id\": \"$SOCKET_ID\", \"channel_name\": \"private-user-$USER_ID\"}" | field auth)
echo "may join private-user-$USER_ID: ${AUTH%%:*}"

echo "unread: $(call GET /notifications/unread-count | field count)"
INBOX=$(call GET '/notifications?status=unread&limit=20')
FIRST=$(field 'items[0]?.id ?? ""' <<<"$INBOX")
if [ -n "$FIRST" ]; then
  echo "newest: $(field 'items[0].title' <<<"$INBOX")"
  call POST "/notifications/$FIRST/receipt" '{"type": "displayed"}' >/dev/null
  call PUT "/notifications/$FIRST/acknowledge" >/dev/null
  echo "acknowledged; unread: $(call GET /notifications/unread-count | field count)"
fi

# After being offline: every change since the number that the phone remembers, 0 the first time.
SYNC=$(call GET '/notifications/sync?after=0')
echo "changes: $(field changes.length <<<"$SYNC"), next time after $(field next <<<"$SYNC")"

curl -sS --fail-with-body "$API/auth/logout" -H 'Content-Type: application/json' \
  -d "{\"refreshToken\": \"$(field refreshToken <<<"$SESSION")\", \"deviceId\": \"$DEVICE\"}" >/dev/null
echo "logged out"
