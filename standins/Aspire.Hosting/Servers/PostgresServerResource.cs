// Stand-in for Aspire.Hosting.PostgreSQL: the server and its databases.
using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A PostgreSQL server.</summary>
public sealed class PostgresServerResource(string name, ParameterResource? userName, ParameterResource password) : ContainerResource(name), IResourceWithConnectionString
{
    private readonly Dictionary<string, string> _databases = new(StringComparer.OrdinalIgnoreCase);

    public EndpointReference PrimaryEndpoint => new(this, "tcp");

    public ParameterResource? UserNameParameter => userName;

    public ParameterResource PasswordParameter => password;

    /// <summary>The databases' names, by the names of their resources.</summary>
    public IReadOnlyDictionary<string, string> Databases => _databases;

    public async ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default)
    {
        var (user, secret) = (await UserNameAsync(cancellationToken), await password.GetValueAsync(cancellationToken));
        return string.Create(CultureInfo.InvariantCulture, $"Host={PrimaryEndpoint.Host};Port={PrimaryEndpoint.Port};Username={user};Password={secret}");
    }

    internal async ValueTask<string> UserNameAsync(CancellationToken cancel) =>
        userName is null ? "postgres" : await userName.GetValueAsync(cancel) ?? "postgres";

    internal void AddDatabase(string resource, string database) => _databases.Add(resource, database);
}

/// <summary>A database of a PostgreSQL server, made when the server is ready.</summary>
public sealed class PostgresDatabaseResource(string name, string databaseName, PostgresServerResource parent)
    : Resource(name), IResourceWithParent, IResourceWithConnectionString
{
    public PostgresServerResource Parent => parent;

    IResource IResourceWithParent.Parent => parent;

    public string DatabaseName => databaseName;

    public async ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default) =>
        $"{await parent.GetConnectionStringAsync(cancellationToken)};Database={databaseName}";
}
