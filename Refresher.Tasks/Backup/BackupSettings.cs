using System.ComponentModel.DataAnnotations;

namespace Refresher.Tasks.Backup;

/// <summary>
/// Where the operator of a worker keeps backups: section <c>Backup</c>. Not an option of a schedule, because whoever may edit schedules need not be let write anywhere.
/// <code>
/// Backup: { Folder: "/var/lib/refresher/backups" }
/// </code>
/// </summary>
public sealed record BackupSettings
{
    public const string Section = "Backup";

    /// <summary>The folder; empty: this worker makes none. It is made when it is not there.</summary>
    public string Folder { get; init; } = "";

    /// <summary>PostgreSQL's programs, by name or full path. They have to be of the server's major version or a later one.</summary>
    [Required(ErrorMessage = "Backup:PgDump must name PostgreSQL's pg_dump, or be left out.")]
    public string PgDump { get; init; } = "pg_dump";

    [Required(ErrorMessage = "Backup:PgRestore must name PostgreSQL's pg_restore, or be left out.")]
    public string PgRestore { get; init; } = "pg_restore";
}
