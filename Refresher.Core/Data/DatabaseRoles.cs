using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Refresher.Core.Data;

/// <summary>Roles of the database for those who only look. Section <c>DatabaseRoles</c>; without a password there is no such role.</summary>
public sealed record DatabaseRoleOptions
{
    public const string Section = "DatabaseRoles";

    /// <summary>Reads the views of the schema <c>reporting</c> and nothing else: for dashboards.</summary>
    [ValidateObjectMembers]
    public DatabaseRole Reports { get; init; } = new() { User = "refresher_reports" };

    /// <summary>Reads what PostgreSQL says about itself (<c>pg_monitor</c>) and no table: for the exporter.</summary>
    [ValidateObjectMembers]
    public DatabaseRole Monitor { get; init; } = new() { User = "refresher_monitor" };
}

/// <summary>A name and a password.</summary>
public sealed record DatabaseRole
{
    [RegularExpression("[a-z_][a-z0-9_]{0,62}", ErrorMessage = "DatabaseRoles:…:User must be small letters, digits and underscores, at most 63.")]
    public string User { get; init; } = "";

    [StringLength(200, MinimumLength = 16, ErrorMessage = "DatabaseRoles:…:Password must have {2} to {1} characters, or be left out: then there is no such role.")]
    public string? Password { get; init; }
}

/// <summary>
/// Makes the configured roles, gives them their passwords and what they may read, each time a scheduler starts. Passwords reach PostgreSQL as SCRAM verifiers only, so that none
/// can stand in its log. A role that is not configured any more is left as it is: <c>DROP OWNED BY name; DROP ROLE name;</c> removes it.
/// </summary>
internal sealed partial class DatabaseRoles(NpgsqlDataSource database, IOptions<DatabaseRoleOptions> options, ILogger<DatabaseRoles> log)
{
    /// <summary>Of two schedulers that start at once the second one finds the roles there.</summary>
    private const long AdvisoryLock = 0x526F6C6573;

    private const string MakeSql = """
        DO $make$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{0}') THEN CREATE ROLE {0}; END IF;
        END $make$;
        ALTER ROLE {0} LOGIN NOINHERIT CONNECTION LIMIT 10 PASSWORD '{1}';
        ALTER ROLE {0} SET default_transaction_read_only = on;
        ALTER ROLE {0} SET statement_timeout = '15s';
        """;

    private const string ReportsSql = "GRANT USAGE ON SCHEMA reporting TO {0}; GRANT SELECT ON ALL TABLES IN SCHEMA reporting TO {0};";

    // Inherited: the exporter does not SET ROLE.
    private const string MonitorSql = "ALTER ROLE {0} INHERIT; GRANT pg_monitor TO {0};";

    public async Task EnsureAsync(CancellationToken cancel)
    {
        await EnsureAsync(options.Value.Reports, ReportsSql, cancel);
        await EnsureAsync(options.Value.Monitor, MonitorSql, cancel);
    }

    private async Task EnsureAsync(DatabaseRole role, string grants, CancellationToken cancel)
    {
        if (role.Password is not { Length: > 0 } password)
        {
            return;
        }

        try
        {
            await using var connection = await database.OpenConnectionAsync(cancel);
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            await using var take = new NpgsqlCommand("SELECT pg_advisory_xact_lock($1)", connection) { Parameters = { new() { Value = AdvisoryLock } } };
            await take.ExecuteNonQueryAsync(cancel);

            // The name was checked to be plain, the verifier has no quotes: roles take no parameters.
            await using var make = new NpgsqlCommand(string.Format(CultureInfo.InvariantCulture, MakeSql + grants, role.User, ScramVerifier.Of(password)), connection);
            await make.ExecuteNonQueryAsync(cancel);
            await transaction.CommitAsync(cancel);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            // The system runs without it: only dashboards and the exporter have to wait.
            LogNotAllowed(role.User, error.MessageText);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The role {Role} cannot be made: {Reason}. Give the database's user CREATEROLE, or make the role yourself as docs/observability.md says.")]
    private partial void LogNotAllowed(string role, string reason);
}
