// Stand-in for Aspire.Hosting.Redis: the server.
using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A Redis server.</summary>
public sealed class RedisResource(string name, ParameterResource password) : ContainerResource(name), IResourceWithConnectionString
{
    public EndpointReference PrimaryEndpoint => new(this, "tcp");

    public ParameterResource? PasswordParameter => password;

    public async ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default)
    {
        var secret = await password.GetValueAsync(cancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"{PrimaryEndpoint.Host}:{PrimaryEndpoint.Port},password={secret}");
    }
}

/// <summary>How often a Redis server writes its data down.</summary>
internal sealed class PersistenceAnnotation(TimeSpan? interval, long keysChangedThreshold) : IResourceAnnotation
{
    public TimeSpan Interval { get; } = interval ?? TimeSpan.FromMinutes(1);

    public long KeysChangedThreshold { get; } = keysChangedThreshold;
}
