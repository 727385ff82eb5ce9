#!/bin/sh
echo "Prisma's schema engine is not installed (no download at npm install). Use npm run db:migrate instead." >&2
exit 1
