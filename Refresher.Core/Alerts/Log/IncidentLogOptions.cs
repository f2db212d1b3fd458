using System.ComponentModel.DataAnnotations;

namespace Refresher.Core.Alerts.Log;

/// <summary>The incident log: section <c>IncidentLog</c>.</summary>
internal sealed record IncidentLogOptions
{
    public const string Section = "IncidentLog";

    /// <summary>The file, a line of JSON for each change; null: none is kept. Every process that acts on events needs the folder, and those on one machine share the file.</summary>
    public string? Path { get; init; }

    /// <summary>Bytes after which the file is put aside and a new one begun.</summary>
    [Range(1024, 64L * 1024 * 1024, ErrorMessage = "IncidentLog:MaxBytes is 1024 (1 KiB) to 67108864 (64 MiB).")]
    public long MaxBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>Files that were put aside and are kept.</summary>
    [Range(1, 20, ErrorMessage = "IncidentLog:Files is 1 to 20.")]
    public int Files { get; init; } = 5;
}
