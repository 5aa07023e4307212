#!/bin/sh
echo before
echo BEGIN
echo '{"ok": "yes"}'
echo END
