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

    /// <summary>Checks schedules that are to be written together; each may continue with any other of them.</summary>
    /// <param name="gone">Keys of those that will not be there any more.</param>
    /// <param name="blame">Gets the place of the one that is wrong, the field and why.</param>
    public static async Task CheckAsync(RefresherDb db, IReadOnlyList<ReadSchedule> wanted, string[] gone, Action<int, string, string> blame, CancellationToken cancel)
    {
        var next = wanted.ToDictionary(s => s.Key, s => s.ContinueWith?.Select(c => c.Schedule!).ToArray() ?? [], StringComparer.Ordinal);
        if (next.Values.All(keys => keys.Length == 0))
        {
            return;
        }

        string[] elsewhere = [.. next.Values.SelectMany(keys => keys).Where(key => !next.ContainsKey(key)).Distinct()];
        var there = await db.Schedules.Where(s => elsewhere.Contains(s.Key) && !gone.Contains(s.Key)).Select(s => s.Key).ToHashSetAsync(cancel);
        var others = await db.Schedules.AsNoTracking().Where(s => s.ContinueWith != null && !gone.Contains(s.Key)).Select(s => new { s.Key, s.ContinueWith }).ToListAsync(cancel);
        foreach (var other in others)
        {
            next.TryAdd(other.Key, [.. other.ContinueWith!.Select(c => c.Schedule!)]);
        }

        var endless = Endless(next);
        for (var i = 0; i < wanted.Count; i++)
        {
            foreach (var missing in next[wanted[i].Key].Where(key => !next.ContainsKey(key) && !there.Contains(key)))
            {
                blame(i, Field, $"{Field}: there is no schedule '{missing}', neither here nor in the file.");
            }

            if (endless.Contains(wanted[i].Key) && PathBack(wanted[i].Key, next) is { } path)
            {
                blame(i, Field, $"{Field}: this would never end: {string.Join(" → ", path)}.");
            }
        }
    }

    /// <summary>Those from which a way goes on for ever: all but those that lead only to ends.</summary>
    private static HashSet<string> Endless(Dictionary<string, string[]> next)
    {
        var open = next.Where(pair => pair.Value.Length > 0).Select(pair => pair.Key).ToHashSet(StringComparer.Ordinal);
        while (open.RemoveWhere(key => !next[key].Any(open.Contains)) > 0)
        {
        }

        return open;
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
