using System.ComponentModel.DataAnnotations;

namespace Refresher.Core.Watch;

/// <summary>Who watches the watcher: section <c>Watchdog</c>.</summary>
public sealed record WatchdogOptions
{
    public const string Section = "Watchdog";

    /// <summary>An address elsewhere that expects to be called each minute and tells people when it is not; null: nobody watches.</summary>
    [Url(ErrorMessage = "Watchdog:Url is an http or https address.")]
    public string? Url { get; init; }

    /// <summary>How often it is called.</summary>
    [Range(typeof(TimeSpan), "00:00:00.2", "01:00:00", ErrorMessage = "Watchdog:Period is 00:00:00.2 to 01:00:00.")]
    public TimeSpan Period { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How old the proof of each part may be; null: what the part asks for.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Watchdog:Within is 00:00:01 to 01:00:00.")]
    public TimeSpan? Within { get; init; }

    public bool IsOn => !string.IsNullOrWhiteSpace(Url);
}
