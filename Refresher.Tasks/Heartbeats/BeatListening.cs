namespace Refresher.Tasks.Heartbeats;

/// <summary>The one row that says until when calls could reach us, and when that was last interrupted: nobody is blamed for calls that we could not hear.</summary>
public sealed class BeatListening
{
    /// <summary>Always 1.</summary>
    public int Id { get; init; }

    /// <summary>An Api was there at this instant.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>When the last interruption began; null when there was none yet.</summary>
    public DateTimeOffset? LostAt { get; init; }

    /// <summary>When it was over.</summary>
    public DateTimeOffset? BackAt { get; init; }
}
