using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Refresher.Core.Access;

/// <summary>Keeps the keys of Data Protection in PostgreSQL: what one process protects, a cookie or a secret, every other can read.</summary>
/// <remarks>The interface is synchronous; it is asked a few times a day.</remarks>
internal sealed class DataProtectionKeys(IServiceScopeFactory scopes) : IXmlRepository
{
    private const long AdvisoryLock = 0x5245_4652_4B45_5953;

    private static readonly TimeSpan AtOnce = TimeSpan.FromMinutes(5);

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var scope = scopes.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<RefresherDb>();
        return [.. db.DataProtectionKeys.AsNoTracking().OrderBy(key => key.Id).Select(key => key.Xml).AsEnumerable().Select(xml => XElement.Parse(xml))];
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
            if (!db.DataProtectionKeys.AsNoTracking().Select(key => key.Xml).AsEnumerable().Any(xml => IsSamePeriod(XElement.Parse(xml), element)))
            {
                db.ChangeTracker.Clear();
                db.DataProtectionKeys.Add(new DataProtectionKey { Name = friendlyName, Xml = element.ToString(SaveOptions.DisableFormatting) });
                db.SaveChanges();
            }

            transaction.Commit();
        });
    }

    /// <summary>Both are keys, and begin to count at nearly the same time.</summary>
    private static bool IsSamePeriod(XElement one, XElement other) =>
        one.Element("activationDate") is { } first && other.Element("activationDate") is { } second && ((DateTimeOffset)first - (DateTimeOffset)second).Duration() < AtOnce;
}

/// <summary>Brings Data Protection whole: shared keys under the one name of the application.</summary>
public static class SharedDataProtection
{
    private const string ApplicationName = "Refresher";

    public static IServiceCollection AddSharedDataProtection(this IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName(ApplicationName);

        // The framework reads the keys at every start, and complains where a new database does not have their table yet; the first use reads them too.
        foreach (var warmUp in services.Where(service => service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Assembly == typeof(KeyManagementOptions).Assembly).ToArray())
        {
            services.Remove(warmUp);
        }

        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider =>
            new ConfigureOptions<KeyManagementOptions>(options => options.XmlRepository = new DataProtectionKeys(provider.GetRequiredService<IServiceScopeFactory>())));
        return services;
    }
}
