using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Refresher.Core.Access;
using Refresher.Core.Contract;
using Refresher.Core.Queue;
using Refresher.Core.Schedules.Cadences;
using Refresher.Core.Schedules.Files;

namespace Refresher.Core.Schedules.Crontab;

/// <summary>
/// Makes schedules of a pasted crontab, all in one transaction: paused until somebody has looked at them, and tagged <see cref="Tag"/>.
/// A line whose schedule an earlier import made, and nobody has changed since, is not made again.
/// </summary>
public sealed class CrontabSchedules(
    RefresherDb db, KindCatalog kinds, OptionSecrets secrets, ScheduleChanges changes, LiveSignals signals, IServiceProvider services, TimeProvider clock)
{
    public const string Tag = "crontab";

    private const int LongestDescription = 2000;

    /// <param name="form">Null: found out.</param>
    /// <param name="timeZone">The zone of the machine it comes from; null: UTC.</param>
    public async Task<Result<CrontabOutcome>> RunAsync(string text, CrontabForm? form, string? timeZone, bool dryRun, CancellationToken cancel)
    {
        if (timeZone is not null && !TimeZones.TryFind(timeZone, out _))
        {
            return Result<CrontabOutcome>.Invalid(new FieldErrors().Add("timeZone", TimeZones.WhatIsRight(timeZone)));
        }

        var plan = CrontabImport.Read(text, form, timeZone);
        var (kind, found) = kinds.Select(kind => (kind, Options: plan.Entries.Select(kind.FromCrontab).ToArray()))
            .FirstOrDefault(one => one.kind.CanRun && one.Options.All(options => options is not null));
        if (kind is null)
        {
            return Result<CrontabOutcome>.Refused("This program has no task that runs commands.");
        }

        var lines = plan.Entries.Zip(found, (entry, options) => LineOf(kind, entry, options!)).ToArray();
        var outcome = dryRun
            ? await MakeAsync(kind, plan, lines, dryRun, cancel)
            : await db.Database.CreateExecutionStrategy().ExecuteAsync(() => MakeAsync(kind, plan, lines, dryRun, cancel));
        if (!dryRun && outcome.Schedules.Any(schedule => schedule.IsNew))
        {
            await signals.PublishAsync([LiveSignal.Schedules]);
        }

        return Result<CrontabOutcome>.Done(outcome);
    }

    private async Task<CrontabOutcome> MakeAsync(KindDescriptor kind, CrontabPlan plan, Line[] lines, bool dryRun, CancellationToken cancel)
    {
        db.ChangeTracker.Clear();
        await using var transaction = dryRun ? null : await db.Database.BeginTransactionAsync(cancel);
        if (!dryRun)
        {
            await changes.LockAsync([], all: false, cancel);
        }

        var there = await ThereAsync(kind, cancel);
        Line[] right = [.. lines.Where(line => line.Refusal is null)];
        foreach (var line in right)
        {
            line.ExistingKey = there.TryGetValue(SignatureOf(line.Read!.Cadence, line.Options), out var keys) && keys.TryDequeue(out var key) ? key : null;
        }

        Line[] made = [.. right.Where(line => line.ExistingKey is null)];
        await NameAsync(made, cancel);
        if (transaction is not null)
        {
            WantedSchedule[] wanted = [.. made.Select(line => new WantedSchedule(line.Input with { Key = line.Key }, line.Read! with { Key = line.Key }))];
            await changes.ApplyAsync(changes.Plan(wanted, new Dictionary<string, Schedule>()), wanted, new Dictionary<string, Schedule>(), cancel);
            await transaction.CommitAsync(cancel);
            db.ChangeTracker.Clear();
        }

        var now = clock.GetUtcNow();
        return new CrontabOutcome(
            dryRun,
            plan.Form,
            [.. right.Select(line => line.Made(now))],
            [.. plan.Refused.Concat(lines.Where(line => line.Refusal is not null).Select(line => new CrontabNote(line.Entry.Line, line.Entry.Text, line.Refusal!))).OrderBy(note => note.Line)],
            plan.Notes,
            right.Length == 0 ? null : kind.NoticeFor(services, [.. right.Select(line => line.Options)]));
    }

    private Line LineOf(KindDescriptor kind, CrontabEntry entry, object options)
    {
        var said = entry.Comment is null ? $"Crontab: {entry.Text.Trim()}" : $"{entry.Comment}\nCrontab: {entry.Text.Trim()}";
        var input = new ScheduleInput
        {
            Key = entry.Key,
            Name = entry.Name,
            Description = said.Length <= LongestDescription ? said : said[..(LongestDescription - 1)] + "…",
            Tags = [Tag],
            Kind = kind.Name,
            Options = JsonElement.Parse(KindOptions.Write(options)),
            Cadence = JsonElement.Parse(CadenceJson.Write(entry.Cadence)),
            Enabled = false,
            Jitter = entry.Jitter > TimeSpan.Zero ? entry.Jitter : null,
        };
        var errors = new FieldErrors();
        var read = ScheduleReader.Read(input, null, kinds, secrets, errors);
        return new Line(entry, input, read, options, read is null ? string.Join(' ', errors.SelectMany(error => error.Value)) : null);
    }

    /// <summary>The keys of what earlier imports made, by what it does and when.</summary>
    private async Task<Dictionary<string, Queue<string>>> ThereAsync(KindDescriptor kind, CancellationToken cancel)
    {
        var there = new Dictionary<string, Queue<string>>(StringComparer.Ordinal);
        await foreach (var schedule in db.Schedules.AsNoTracking().Where(s => s.Kind == kind.Name && s.Tags.Contains(Tag)).OrderBy(s => s.Key).AsAsyncEnumerable().WithCancellation(cancel))
        {
            if (KindOptions.TryRead(kind, schedule.Options, out var options).Count == 0)
            {
                var signature = SignatureOf(schedule.Cadence, options!);
                (there.TryGetValue(signature, out var keys) ? keys : there[signature] = new Queue<string>()).Enqueue(schedule.Key);
            }
        }

        return there;
    }

    private static string SignatureOf(Cadence cadence, object options) => CadenceJson.Write(cadence) + "\n" + KindOptions.Write(options);

    /// <summary>Gives each a key that nothing else has: the proposed one, or with the next number behind it.</summary>
    private async Task NameAsync(Line[] lines, CancellationToken cancel)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        for (var open = lines; open.Length > 0; open = [.. open.Where(line => taken.Contains(line.Key))])
        {
            foreach (var line in open)
            {
                line.Key = line.Entry.Key;
                for (var n = 2; taken.Contains(line.Key) || lines.Any(other => other != line && other.Key == line.Key); n++)
                {
                    line.Key = string.Create(CultureInfo.InvariantCulture, $"{line.Entry.Key}-{n}");
                }
            }

            string[] keys = [.. open.Select(line => line.Key)];
            taken.UnionWith(await db.Schedules.Where(s => keys.Contains(s.Key)).Select(s => s.Key).ToListAsync(cancel));
        }
    }

    /// <summary>A line on its way to a schedule.</summary>
    private sealed record Line(CrontabEntry Entry, ScheduleInput Input, ReadSchedule? Read, object Options, string? Refusal)
    {
        public string Key { get; set; } = Entry.Key;

        public string? ExistingKey { get; set; }

        public CrontabSchedule Made(DateTimeOffset now) => new(
            Entry.Line, Entry.Text, ExistingKey ?? Key, Entry.Name, ExistingKey is null, Entry.Cadence, Entry.InWords, Entry.Cadence.Next(now, new CadenceContext(now)));
    }
}

/// <summary>What became of a crontab, or in a dry run would become of it.</summary>
/// <param name="Refused">Lines that cannot be taken over, and why.</param>
/// <param name="Notes">What is not taken over with a line.</param>
/// <param name="Notice">What has to be allowed before the commands can run; null when nothing has.</param>
public sealed record CrontabOutcome(
    bool DryRun, CrontabForm Form, IReadOnlyList<CrontabSchedule> Schedules, IReadOnlyList<CrontabNote> Refused, IReadOnlyList<CrontabNote> Notes, KindNotice? Notice);

/// <summary>A line of a crontab as a schedule.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Text">As it stands in the crontab.</param>
/// <param name="IsNew">False when an earlier import made it.</param>
/// <param name="NextAt">When it would be due first, once it is enabled.</param>
public sealed record CrontabSchedule(int Line, string Text, string Key, string Name, bool IsNew, Cadence Cadence, string InWords, DateTimeOffset? NextAt);
