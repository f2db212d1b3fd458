using Microsoft.EntityFrameworkCore;
using Refresher.Core.Runs;

namespace Refresher.Core.Schedules;

/// <summary>Checks what schedules continue with: each has to be there, and no chain may come back to where it began.</summary>
internal static class ScheduleChain
{
    private const string Field = "continueWith";

    public static async Task CheckAsync(RefresherDb db, string key, IReadOnlyList<Continuation>? continueWith, FieldErrors errors, CancellationToken cancel)
    {
        if (continueWith is not { Count: > 0 })
        {
            return;
        }

        string[] wanted = [.. continueWith.Select(next => next.Schedule!).Distinct()];
        var found = await db.Schedules.Where(s => wanted.Contains(s.Key)).Select(s => s.Key).ToListAsync(cancel);
        foreach (var missing in wanted.Except(found, StringComparer.Ordinal).Where(missing => missing != key))
        {
            errors.Add(Field, $"{Field}: there is no schedule '{missing}'. Make it first, or write its key as it is.");
        }

        var others = await db.Schedules.AsNoTracking().Where(s => s.ContinueWith != null && s.Key != key).Select(s => new { s.Key, s.ContinueWith }).ToListAsync(cancel);
        var next = others.ToDictionary(s => s.Key, s => s.ContinueWith!.Select(c => c.Schedule!).ToArray(), StringComparer.Ordinal);
        next[key] = wanted;
        if (PathBack(key, next) is { } path)
        {
            errors.Add(Field, $"{Field}: this would never end: {string.Join(" → ", path)}.");
        }
    }

    /// <summary>The way from a schedule back to itself; null when there is none.</summary>
    internal static IReadOnlyList<string>? PathBack(string start, IReadOnlyDictionary<string, string[]> next)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<List<string>>([[start]]);
        while (open.TryPop(out var path))
        {
            foreach (var key in next.GetValueOrDefault(path[^1]) ?? [])
            {
                if (key == start)
                {
                    return [.. path, start];
                }

                if (seen.Add(key))
                {
                    open.Push([.. path, key]);
                }
            }
        }

        return null;
    }
}
