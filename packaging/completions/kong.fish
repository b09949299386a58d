# Completion of the kong command for fish.

set -l commands check config health migrations prepare quit reload restart roar start stop version

complete -c kong -f
complete -c kong -n "not __fish_seen_subcommand_from $commands" -a check -d 'Tell whether a settings file is valid'
complete -c kong -n "not __fish_seen_subcommand_from $commands" -a config -d 'Work with declarative files'
complete -c kong -n "not __fish_seen_subcommand_from $commands" -a health -d 'Tell whether a node runs'
complete -c kong -n "not __fish_seen_subcommand_from $commands" -a migrations -d 'Look after the database\'s tables'
complete -c kong -n "not __fish_seen_subcommand_from $commands" -a prepare -d 'Make the prefix ready'
complete -c kong -n "not __fish_seen_subcommand_from $commands" -a quit -d 'Stop after the requests under way'
complete -c kong -n "not __fish_seen_subcommand_from $commands" -a reload -d 'Take up changes, dropping no connection'
complete -c kong -n "not __fish_seen_subcommand_from $commands" -a restart -d 'Stop and start'
complete -c kong -n "not __fish_seen_subcommand_from $commands" -a roar -d 'Roar'
complete -c kong -n "not __fish_seen_subcommand_from $commands" -a start -d 'Start a node'
complete -c kong -n "not __fish_seen_subcommand_from $commands" -a stop -d 'Stop a node at once'
complete -c kong -n "not __fish_seen_subcommand_from $commands" -a version -d 'Print the version'

complete -c kong -l v -d 'Tell more'
complete -c kong -l vv -d 'Tell much more'
complete -c kong -l help -d 'Print the usage'
complete -c kong -n "__fish_seen_subcommand_from start restart reload prepare migrations config" -s c -l conf -rF
complete -c kong -n "__fish_seen_subcommand_from start restart reload prepare stop quit health config" \
    -s p -l prefix -xa '(__fish_complete_directories)'
complete -c kong -n "__fish_seen_subcommand_from start restart reload prepare" -l nginx-conf -rF
complete -c kong -n "__fish_seen_subcommand_from start restart" -l run-migrations -d 'Run new migrations first'
complete -c kong -n "__fish_seen_subcommand_from start restart migrations" -l db-timeout -x
complete -c kong -n "__fish_seen_subcommand_from start restart migrations" -l lock-timeout -x
complete -c kong -n "__fish_seen_subcommand_from quit" -s t -l timeout -x -d 'The longest wait'
complete -c kong -n "__fish_seen_subcommand_from quit" -s w -l wait -x -d 'Wait first'
complete -c kong -n "__fish_seen_subcommand_from version" -s a -l all -d 'The versions of all parts'
complete -c kong -n "__fish_seen_subcommand_from migrations" -a 'bootstrap finish list reset up'
complete -c kong -n "__fish_seen_subcommand_from migrations" -s y -l yes -d 'Ask nothing'
complete -c kong -n "__fish_seen_subcommand_from migrations" -s q -l quiet -d 'Print nothing'
complete -c kong -n "__fish_seen_subcommand_from migrations" -s f -l force -d 'Run them again'
complete -c kong -n "__fish_seen_subcommand_from config" -a 'db_export db_import diff init parse'
complete -c kong -n "__fish_seen_subcommand_from diff" -l json -d 'Print differences as JSON'
complete -c kong -n "__fish_seen_subcommand_from db_import db_export diff parse" -F
complete -c kong -n "__fish_seen_subcommand_from check config" -F
