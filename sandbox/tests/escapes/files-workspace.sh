# what: changing the workspace outside the allowed directories: code, git's hooks, configuration of tools
# full: contained
# told: .cargo, .cargo/config.toml, .git/config, .git/hooks/pre-commit, .vscode, .vscode/tasks.json, README, build.rs, moved, moved/.env.local
# landlock: contained
# off: escapes
. "$PYTHONPATH/attempt.sh"

append view README
append view build.rs
append view .git/config
attempt view "plant a hook" sh -c 'printf "#!/bin/sh\n" > .git/hooks/pre-commit && chmod +x .git/hooks/pre-commit'
attempt view "plant a configuration" sh -c 'mkdir .cargo && echo "[alias]" > .cargo/config.toml'
attempt view "plant a task" sh -c 'mkdir .vscode && echo x > .vscode/tasks.json'
attempt view "replace a secret" sh -c 'rm -f .env && echo x > .env'
attempt view "move a directory" mv app moved
finish
