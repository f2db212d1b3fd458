using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Refresher.Core.Data;

namespace Refresher.Core.Access;

/// <summary>
/// Keeps the keys of Data Protection in PostgreSQL, wrapped by the master key: what one process protects, a cookie or a secret, every other can
/// read. Keys that are plain, or wrapped by the master key from before, are wrapped anew by whoever reads them.
/// </summary>
/// <remarks>The interface is synchronous; it is asked a few times a day. A key that cannot be unwrapped is an error: left out, it would be taken for lost, and a new one be made.</remarks>
internal sealed class DataProtectionKeys(IServiceScopeFactory scopes, IReadOnlyList<MasterKey> masters) : IXmlRepository
{
    private const long AdvisoryLock = 0x5245_4652_4B45_5953;

    private static readonly TimeSpan AtOnce = TimeSpan.FromMinutes(5);

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var scope = scopes.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<RefresherDb>();
        var elements = new List<XElement>();
        foreach (var stored in db.DataProtectionKeys.AsNoTracking().OrderBy(key => key.Id).ToList())
        {
            var (key, isPresent) = WrappedKey.Read(stored.Xml, masters);
            elements.Add(key);
            if (!isPresent)
            {
                var wrapped = WrappedKey.Write(key, masters[0]);
                db.DataProtectionKeys.Where(row => row.Id == stored.Id && row.Xml == stored.Xml).ExecuteUpdate(row => row.SetProperty(k => k.Xml, wrapped));
            }
        }

        return elements;
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var scope = scopes.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<RefresherDb>();
        db.Database.CreateExecutionStrategy().Execute(() =>
        {
            using var transaction = db.Database.BeginTransaction();
            db.Database.ExecuteSql($"SELECT pg_advisory_xact_lock({AdvisoryLock})");

            // Several processes that start at once all miss a key and make one. The first one's is everybody's: with a second, what one process
            // protects would be unreadable to those that had looked before it came. Whoever asks for a key to be stored reads them all again.
            if (!db.DataProtectionKeys.AsNoTracking().Select(key => key.Xml).AsEnumerable().Any(xml => IsSamePeriod(WrappedKey.Read(xml, masters).Key, element)))
            {
                db.ChangeTracker.Clear();
                db.DataProtectionKeys.Add(new DataProtectionKey { Name = friendlyName, Xml = WrappedKey.Write(element, masters[0]) });
                db.SaveChanges();
            }

            transaction.Commit();
        });
    }

    /// <summary>Both are keys, and begin to count at nearly the same time.</summary>
    private static bool IsSamePeriod(XElement one, XElement other) =>
        one.Element("activationDate") is { } first && other.Element("activationDate") is { } second && ((DateTimeOffset)first - (DateTimeOffset)second).Duration() < AtOnce;
}

/// <summary>Unhealthy while the master key is not the one that the keys in the database are wrapped by: such a process could read no login and no secret.</summary>
internal sealed class MasterKeyHealth(IOptions<KeyManagementOptions> keys, SchemaGate gate) : IHealthCheck
{
    private bool _fits;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            if (!_fits && gate.IsOpen)
            {
                keys.Value.XmlRepository!.GetAllElements();
                _fits = true;
            }

            return Task.FromResult(HealthCheckResult.Healthy(_fits ? null : "not looked at yet"));
        }
        catch (WrongMasterKeyException wrong)
        {
            return Task.FromResult(HealthCheckResult.Unhealthy(wrong.Message));
        }
        catch (Exception)
        {
            // Whether PostgreSQL is there is for other checks to say.
            return Task.FromResult(HealthCheckResult.Healthy("not looked at yet"));
        }
    }
}

/// <summary>Brings Data Protection whole: shared keys under the one name of the application.</summary>
public static class SharedDataProtection
{
    private const string ApplicationName = "Refresher";

    public static IHostApplicationBuilder AddSharedDataProtection(this IHostApplicationBuilder builder)
    {
        var masters = MasterKey.From(builder.Configuration);
        var services = builder.Services;
        services.AddDataProtection().SetApplicationName(ApplicationName);

        // It warns that keys are stored as they are; the repository wraps them, which it does not know.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error);

        services.RemoveKeyWarmUp();
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider =>
            new ConfigureOptions<KeyManagementOptions>(options => options.XmlRepository = new DataProtectionKeys(provider.GetRequiredService<IServiceScopeFactory>(), masters)));
        services.AddHealthChecks().AddCheck<MasterKeyHealth>("master-key");
        return builder;
    }

    /// <summary>
    /// The framework reads the keys at every start, and complains where a new database does not have their table yet; the first use reads them too.
    /// Authentication and antiforgery bring that reading back, so whoever adds them takes it away again.
    /// </summary>
    public static void RemoveKeyWarmUp(this IServiceCollection services)
    {
        foreach (var warmUp in services.Where(service => service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Assembly == typeof(KeyManagementOptions).Assembly).ToArray())
        {
            services.Remove(warmUp);
        }
    }
}
