# A task of one's own: what the template brings, and what it cannot do.

# TidyUp for tidy-up: what types are named.
pascal_case() { printf '%s' "$1" | sed -E 's/(^|[^A-Za-z0-9]+)([A-Za-z0-9]?)/\U\2/g'; }

verb_task() {
    local name template=templates/refresher-task hive=$PWD/$STATE/templates catalog=Refresher.Tasks/TaskCatalog.cs option
    name=$(pascal_case "${ARGS[0]:-}")
    case $name in [A-Z]*) ;; *) misused "a task needs a name that begins with a letter, like CountWords" ;; esac
    [ ! -e "Refresher.Tasks/$name" ] || die "there is a folder Refresher.Tasks/$name already"
    for option in "${ARGS[@]:1}"; do
        case $option in --table | --page | --endpoints) ;; *) misused "task does not know '$option'" ;; esac
    done
    require_dotnet
    # Templates of their own, so that none of the user's are touched.
    {
        dotnet new install "$template" --force --debug:custom-hive "$hive" &&
            dotnet new "${template#*/}" --name "$name" "${ARGS[@]:1}" --debug:custom-hive "$hive"
    } > "$STATE/task.log" 2>&1 || die "the template failed; see $STATE/task.log"
    add_to_catalog "$name" "$catalog"
    add_to_index "$name" Refresher.Tasks/README.md
    say "Made Refresher.Tasks/$name with its test, and its lines in $catalog and in the index of tasks."
    [ "${#ARGS[@]}" -eq 1 ] || { ARGS=("$name"); verb_migration; }
    say "Its test: dotnet test tests/Refresher.Tasks.Tests --filter $name -p:PackageSet=$(package_set). To see it: ./refresher up, New schedule."
}

# Its line at the end of the table, with the name of its kind; what it does is for a person to say.
add_to_index() {
    local kind
    kind=$(sed -n 's/.*static string Name => "\(.*\)";.*/\1/p' "Refresher.Tasks/$1/$1Task.cs")
    printf '| `%s` |  | [%s](%s/README.md) |\n' "$kind" "$1" "$1" >> "$2"
}

# Its using among the others, in their order, and its line before the last of the chain.
add_to_catalog() {
    local using="using Refresher.Tasks.$1;" new
    new=$({ grep '^using ' "$2"; echo "$using"; } | LC_ALL=C sort)
    awk -v uses="$new" -v line="        .Add<$1Task, $1Options>()" '
        /^using / { if (!said++) print uses; next }
        /^ *\.Add<.*>\(\);$/ { print line }
        { print }' "$2" > "$2.new"
    mv "$2.new" "$2"
}
