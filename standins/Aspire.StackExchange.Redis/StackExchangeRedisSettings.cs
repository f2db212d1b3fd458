// Stand-in for Aspire.StackExchange.Redis
namespace Aspire.StackExchange.Redis;

/// <summary>How a process reaches Redis; read from <c>Aspire:StackExchange:Redis[:name]</c>.</summary>
public sealed class StackExchangeRedisSettings
{
    /// <summary><c>host:port,password=…</c></summary>
    public string? ConnectionString { get; set; }

    public bool DisableHealthChecks { get; set; }

    /// <summary>Has no effect here: this client has no traces.</summary>
    public bool DisableTracing { get; set; }

    /// <summary>False: connect when the host starts instead of at the first use.</summary>
    public bool DisableAutoActivation { get; set; } = true;
}
