using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Refresher.Tasks.Backup;

/// <summary>How many backups there are to be.</summary>
public sealed record BackupOptions
{
    [Description("How many backups are kept; the oldest go once a new one is complete.")]
    [Range(1, 1000)]
    public int Keep { get; init; } = 7;

    [Description("How hard it is compressed, 0 (not) to 9; each step takes more processor time.")]
    [Range(0, 9)]
    public int Compression { get; init; } = 6;
}
