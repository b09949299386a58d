# Completion of the kong command for bash.

_kong() {
    local cur prev words cword
    _init_completion || return

    local commands="check config health migrations prepare quit reload restart roar start stop version"
    local command=${words[1]:-}
    if ((cword == 1)); then
        mapfile -t COMPREPLY < <(compgen -W "$commands --help" -- "$cur")
        return
    fi

    case $prev in
    -c | --conf | --nginx-conf)
        _filedir
        return
        ;;
    -p | --prefix)
        _filedir -d
        return
        ;;
    --db-timeout | --lock-timeout | -t | --timeout | -w | --wait) return ;;
    esac

    local options="--v --vv --help" words_here=""
    case $command in
    start | restart) options+=" -c --conf -p --prefix --nginx-conf --run-migrations --db-timeout --lock-timeout" ;;
    reload | prepare) options+=" -c --conf -p --prefix --nginx-conf" ;;
    stop | health) options+=" -p --prefix" ;;
    quit) options+=" -p --prefix -t --timeout -w --wait" ;;
    version) options+=" -a --all" ;;
    migrations)
        options+=" -c --conf -y --yes -q --quiet -f --force --db-timeout --lock-timeout"
        if ((cword == 2)); then words_here="bootstrap finish list reset up"; fi
        ;;
    config)
        options+=" -c --conf -p --prefix --json"
        if ((cword == 2)); then words_here="db_export db_import diff init parse"; fi
        ;;
    esac
    if [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
    elif [[ -n $words_here ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$words_here" -- "$cur")
    elif [[ $command == check || $command == config ]]; then
        _filedir
    fi
} && complete -F _kong kong
