# test and doctor.

# Suites that are longer than the usual tests; a test is in one by [Trait("Suite", "chaos")].
SUITES=(chaos ops docs template)

verb_test() {
    local suite=${ARGS[0]:-} filter= results=$PWD/$STATE/test-results status=0 known
    for known in "${SUITES[@]}"; do
        filter="${filter:+$filter&}Suite!=$known"
    done
    case " ${SUITES[*]} all " in
        *" ${suite:-all} "*) ;;
        *) misused "there is no suite '$suite'; there are: ${SUITES[*]} all" ;;
    esac
    case $suite in '') ;; all) filter= ;; *) filter="Suite=$suite" ;; esac

    require_dotnet
    choose_package_set
    install_for test
    case $suite in ops | all) install_for ops ;; esac
    build Refresher.sln
    rm -rf "$results"
    mkdir -p "$results"
    touch "$results/.began"
    # A test process that ends stops its servers; a tenth of a second, the default, is short for that.
    VSTEST_TESTHOST_SHUTDOWN_TIMEOUT=20000 dotnet test Refresher.sln --no-build -nologo -v q -p:PackageSet="$(package_set)" \
        ${filter:+--filter "$filter"} --logger trx --logger 'console;verbosity=minimal' --results-directory "$results" \
        --blame-hang-timeout 10m --blame-hang-dump-type none ${COLLECT:+--collect "$COLLECT"} || status=$?
    reports "$results"
    totals "$results"
    if [ $status != 0 ] && [ -z "$suite" ] && may_be_chance "$results"; then
        status=0
        run_alone "$results" || status=$?
    fi
    return $status
}

# The most tests that may fail by chance: more than these fail for a reason.
FEW=5

# Whether a few tests failed and nothing else did: every project has ended by itself and written its results.
may_be_chance() {
    local failed
    failed=$(failed_tests "$1" | wc -l)
    [ "$failed" -gt 0 ] && [ "$failed" -le $FEW ] \
        && [ "$(find "$1" -name '*.trx' | wc -l)" = "$(find tests standins -name '*.Tests.csproj' | wc -l)" ] \
        && ! grep -h -A 1 '<RunInfo [^>]*outcome="Error"' "$1"/*.trx | grep '<Text>' | grep -qv '\[FAIL\]</Text>'
}

# A line for each failed test in a results' folder, a theory once: its assembly, a tab, its full name.
failed_tests() {
    local file
    find "$1" -maxdepth 1 -name '*.trx' | while read -r file; do
        awk '
            function value(name) { return match($0, name "=\"[^\"]*\"") ? substr($0, RSTART + length(name) + 2, RLENGTH - length(name) - 3) : "" }
            /<UnitTestResult / && value(" outcome") == "Failed" { failed[value(" testId")] = 1 }
            /<UnitTest / { id = value(" id") }
            /<TestMethod / && (id in failed) { print value(" codeBase") "\t" value(" className") "." value(" name") }' "$file"
    done | sort -u
}

# What failed beside all the others may have wanted the time that they took: it has to pass alone, and is named all the same.
run_alone() {
    local assembly filter status=0
    say "These failed beside the others and are run once more, alone:"
    failed_tests "$1" | tee "$1/failed.txt" | sed 's/.*\t/  /'
    while read -r assembly; do
        filter=$(awk -F '\t' -v assembly="$assembly" '$1 == assembly { printf "%sFullyQualifiedName=%s", bar, $2; bar = "|" }' "$1/failed.txt")
        VSTEST_TESTHOST_SHUTDOWN_TIMEOUT=20000 dotnet vstest "$assembly" --TestCaseFilter:"$filter" --logger:trx --ResultsDirectory:"$1/alone" < /dev/null || status=$?
    done < <(cut -f 1 "$1/failed.txt" | sort -u)
    totals "$1/alone"
    [ $status != 0 ] || say "Passed alone only: $(wc -l < "$1/failed.txt"). Each is a fault to be mended, in the test or in what it tests."
    return $status
}

# What the suites have written for people since the results' folder was made.
reports() {
    [ ! -d "$STATE/chaos" ] || find "$STATE/chaos" -name '*.md' -newer "$1/.began" -printf 'Report: %p (JSON beside it)\n'
}

# The sum over all projects' result files: `N passed, N failed, N skipped`.
totals() {
    find "$1" -maxdepth 1 -name '*.trx' -exec grep -ho '<Counters [^>]*>' {} + 2> /dev/null | awk '
        function value(name) { return match($0, name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 2, RLENGTH - length(name) - 3) + 0 : 0 }
        { total += value(" total"); passed += value(" passed"); failed += value(" failed") + value(" error") + value(" timeout") + value(" aborted") }
        END { printf "%d passed, %d failed, %d skipped\n", passed, failed, total - passed - failed }'
}

verb_doctor() {
    local set missing
    set=$(package_set)
    fact ".NET SDK" "$(dotnet --version 2> /dev/null)" "install the .NET 10 SDK: https://dotnet.microsoft.com/download"
    fact "Container engine" "$(container_engine || true)" "only for the full set: install docker or podman" optional
    fact "Set of packages" "$set" "./refresher up chooses; --set full|core says which" optional
    fact "PostgreSQL" "$(ls -d /usr/lib/postgresql/*/bin/postgres 2> /dev/null | sort -V | tail -n 1 || command -v postgres)" "./refresher up installs it (core set)"
    fact "Redis" "$(redis-server --version 2> /dev/null | grep -o 'v=[0-9.]*')" "./refresher up installs it (core set)"
    if [ "$set" = core ]; then
        fact "Prometheus" "$(has prometheus && prometheus --version 2>&1 | grep -o 'version [0-9.]*' | head -n 1)" "only for --observability, which installs it" optional
        ! knows_kafka || fact "Kafka broker" "$(has_kafka && has java && echo "$KAFKA_VERSION, an old one: no headers, no idempotence, no time stamps")" "only for --kafka, which fetches it" optional
    fi
    fact "Node" "$(node --version 2> /dev/null)" "./refresher up installs it; the build takes the front-end packages with it"
    fact "npm" "$(npm --version 2> /dev/null)" "./refresher up installs it"
    fact "Running" "$(running)" "no: ./refresher up" optional
    for port in 8080 8081; do
        fact "Port $port" "$(ss -Hltnp "sport = :$port" 2> /dev/null | grep -o '"[^"]*",pid=[0-9]*' | head -n 1 | sed 's/^/held by /')" "free" optional
    done
    if [ "$set" = core ]; then
        say "The core set has no Aspire dashboard, no Grafana, no metrics of containers, no publishing and no current Kafka."
    fi
    missing=$(missing_packages up | paste -sd' ')
    [ -z "$missing" ] || { say "Missing: $missing. Either ./refresher up, or: apt-get install --no-install-recommends $missing"; return 1; }
}

running() {
    [ ! -e "$STATE/endpoints.json" ] || grep -o '"web/http": "[^"]*"' "$STATE/endpoints.json" | cut -d'"' -f4
}

fact() {
    if [ -n "$2" ]; then
        printf '  %-18s %s\n' "$1" "$2"
    else
        printf '%s %-18s %s\n' "$([ "${4:-}" = optional ] && echo ' ' || echo '!')" "$1" "$3"
    fi
}
