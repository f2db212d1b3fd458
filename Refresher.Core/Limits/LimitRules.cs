namespace Refresher.Core.Limits;

/// <summary>What a limit looks at in a run.</summary>
internal readonly record struct LimitSubject(Guid RunId, string Kind, string Queue, string? ConcurrencyKey);

/// <summary>A limit as the engine applies it.</summary>
/// <param name="Key">Scope and name, <c>kind:speed-test</c>: what slots and waiting runs refer to.</param>
/// <param name="Per">The window of <paramref name="Rate"/>.</param>
internal sealed record LimitRule(string Key, int? Concurrency, int? Rate, TimeSpan Per)
{
    private const string RatePrefix = "rate:";

    /// <summary>What a run waits for that has all its slots and lacks the permission to begin now.</summary>
    public string RateKey => RatePrefix + Key;

    public static string KeyOf(LimitScope scope, string name) => $"{Words<LimitScope>.Of(scope)}:{name}";

    public static bool IsRate(string waitingFor) => waitingFor.StartsWith(RatePrefix, StringComparison.Ordinal);

    /// <summary>The key of the limit in what a run waits for.</summary>
    public static string KeyIn(string waitingFor) => IsRate(waitingFor) ? waitingFor[RatePrefix.Length..] : waitingFor;
}

/// <summary>Every limit there is at a moment.</summary>
internal sealed class LimitRules(IReadOnlyDictionary<string, LimitRule> rules)
{
    private static readonly string KeyPrefix = LimitRule.KeyOf(LimitScope.Key, "");

    public static LimitRules None { get; } = new(new Dictionary<string, LimitRule>());

    public IEnumerable<LimitRule> All => rules.Values;

    /// <summary>The limits a run is under.</summary>
    public IReadOnlyList<LimitRule> Of(LimitSubject run)
    {
        if (rules.Count == 0 && run.ConcurrencyKey is null)
        {
            return [];
        }

        var found = new List<LimitRule>(3);
        Add(LimitRule.KeyOf(LimitScope.Kind, run.Kind));
        Add(LimitRule.KeyOf(LimitScope.Queue, run.Queue));
        if (run.ConcurrencyKey is { } key)
        {
            Add(LimitRule.KeyOf(LimitScope.Key, key));
        }

        return found;

        void Add(string key)
        {
            if (Find(key) is { } rule)
            {
                found.Add(rule);
            }
        }
    }

    /// <summary>A limit by its key. A concurrency key without a limit of its own lets one run go on at a time.</summary>
    public LimitRule? Find(string key) => rules.TryGetValue(key, out var rule) ? rule
        : key.StartsWith(KeyPrefix, StringComparison.Ordinal) ? new LimitRule(key, PlatformDefaults.KeyConcurrency, null, default)
        : null;
}
