// Stand-in for Aspire.Npgsql.EntityFrameworkCore.PostgreSQL
namespace Aspire.Npgsql.EntityFrameworkCore.PostgreSQL;

/// <summary>How a context reaches PostgreSQL; read from <c>Aspire:Npgsql:EntityFrameworkCore:PostgreSQL[:name]</c>.</summary>
public class NpgsqlEntityFrameworkCorePostgreSQLSettings
{
    public string? ConnectionString { get; set; }

    /// <summary>True: a command that failed for a passing reason is not tried again.</summary>
    public bool DisableRetry { get; set; }

    public bool DisableHealthChecks { get; set; }

    public bool DisableTracing { get; set; }

    public bool DisableMetrics { get; set; }

    /// <summary>Seconds that a command may take; null leaves it to the connection string.</summary>
    public int? CommandTimeout { get; set; }
}
