using Refresher.Core.Schedules.Cadences;

namespace Refresher.Tasks.Heartbeats;

/// <summary>When a call is expected next: the rules, and nothing but the rules.</summary>
internal static class HeartbeatExpectation
{
    /// <summary>The instant that is expected after something at <paramref name="after"/>: a period counts from there, a cron expression goes by the clock. Null: never again.</summary>
    public static DateTimeOffset? Next(Cadence cadence, DateTimeOffset after) =>
        cadence is EveryCadence every ? after + every.Every : cadence.Next(after, new CadenceContext(after));

    /// <summary>What is expected anew after an edit, a resume or a new period: never something that would have passed already.</summary>
    public static void Renew(Heartbeat heartbeat, DateTimeOffset now)
    {
        if (heartbeat.State is not (HeartbeatState.Up or HeartbeatState.Running))
        {
            (heartbeat.ExpectedAt, heartbeat.DeadlineAt) = (null, null);
            return;
        }

        var from = heartbeat.Cadence is EveryCadence && heartbeat.LastBeatAt is { } last ? last : now;
        heartbeat.ExpectedAt = Next(heartbeat.Cadence, from);
        var deadline = heartbeat is { State: HeartbeatState.Running, MaxRunTime: { } most, StartedAt: { } started } ? started + most : heartbeat.ExpectedAt + heartbeat.Grace;
        heartbeat.DeadlineAt = deadline < now + heartbeat.Grace ? now + heartbeat.Grace : deadline;
    }

    /// <summary>Takes in a call; <see cref="Heartbeat.EpisodeId"/> and what it has to tell is the caller's.</summary>
    /// <returns>From the start before it to this call; null when there is none.</returns>
    public static TimeSpan? Hear(Heartbeat heartbeat, NewBeat beat)
    {
        TimeSpan? duration = null;
        if (beat.Kind == BeatKind.Start)
        {
            (heartbeat.StartedAt, heartbeat.LastStartedAt) = (beat.At, beat.At);
        }
        else
        {
            duration = heartbeat.StartedAt is { } started ? TimeSpan.FromTicks(Math.Max(0, (beat.At - started).Ticks)) : null;
            (heartbeat.LastBeatAt, heartbeat.LastDuration, heartbeat.StartedAt) = (beat.At, duration, null);
        }

        switch (beat.Kind)
        {
            case var _ when heartbeat.State == HeartbeatState.Paused:
                break;
            case BeatKind.Fail:
                Move(heartbeat, HeartbeatState.Down, beat.At);
                (heartbeat.ExpectedAt, heartbeat.DeadlineAt) = (null, null);
                break;
            case BeatKind.Success:
                Move(heartbeat, HeartbeatState.Up, beat.At);
                heartbeat.ExpectedAt = Next(heartbeat.Cadence, beat.At);
                heartbeat.DeadlineAt = heartbeat.ExpectedAt + heartbeat.Grace;
                break;
            case BeatKind.Start when heartbeat.State != HeartbeatState.Down:
                Move(heartbeat, HeartbeatState.Running, beat.At);
                heartbeat.ExpectedAt ??= Next(heartbeat.Cadence, beat.At);
                heartbeat.DeadlineAt = heartbeat.MaxRunTime is { } most ? beat.At + most : heartbeat.DeadlineAt ?? heartbeat.ExpectedAt + heartbeat.Grace;
                break;
        }

        return duration;
    }

    /// <summary>Its deadline has passed.</summary>
    /// <returns>Why, in words.</returns>
    public static string Miss(Heartbeat heartbeat, DateTimeOffset now)
    {
        var reason = heartbeat is { State: HeartbeatState.Running, MaxRunTime: { } most, StartedAt: { } started }
            ? $"started at {Instant(started)} and not finished within {Refresher.Core.PlainJson.Write(most)}"
            : heartbeat.LastBeatAt is { } last ? $"not heard of since {Instant(last)}; expected at {Instant(heartbeat.ExpectedAt ?? now)}" : $"began at {Instant(heartbeat.StartedAt ?? heartbeat.Since)} and was not heard of again";
        Move(heartbeat, HeartbeatState.Down, now);
        (heartbeat.DeadlineAt, heartbeat.Reason) = (null, reason);
        return reason;
    }

    /// <summary>What a failure that was reported is called.</summary>
    public static string FailureOf(int? exitCode) => exitCode is { } code ? $"reported failure (exit code {code})" : "reported failure";

    private static void Move(Heartbeat heartbeat, HeartbeatState to, DateTimeOffset at)
    {
        var (wasWell, isWell) = (IsWell(heartbeat.State), IsWell(to));
        heartbeat.Since = heartbeat.State != to && !(wasWell && isWell) ? at : heartbeat.Since;
        heartbeat.State = to;
    }

    private static bool IsWell(HeartbeatState state) => state is HeartbeatState.Up or HeartbeatState.Running;

    private static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", System.Globalization.CultureInfo.InvariantCulture);
}
