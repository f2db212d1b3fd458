using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Refresher.Core.Access.Users;

/// <summary>Brings users whole: ASP.NET Core Identity over the one database, the rules of passwords, sessions and the second factor.</summary>
internal static class UserServices
{
    public static IServiceCollection AddUsers(this IServiceCollection services)
    {
        services.AddIdentityCore<RefresherUser>(Configure)
            .AddRoles<IdentityRole<Guid>>()
            .AddEntityFrameworkStores<RefresherDb>()
            .AddPasswordValidator<PasswordIsNoName>();
        return services
            .AddSingleton<UserSessions>().AddSingleton<LoginRecord>()
            .AddScoped<Credentials>().AddScoped<SecondFactor>().AddScoped<UserCommands>().AddScoped<UserQueries>();
    }

    private static void Configure(IdentityOptions options)
    {
        options.User.RequireUniqueEmail = false;
        options.Password = new PasswordOptions
        {
            RequiredLength = PasswordRules.Least,
            RequireDigit = false,
            RequireLowercase = false,
            RequireUppercase = false,
            RequireNonAlphanumeric = false,
            RequiredUniqueChars = PasswordRules.LeastDifferent,
        };
        options.Lockout.MaxFailedAccessAttempts = PasswordRules.LockoutAfter;
        options.Lockout.DefaultLockoutTimeSpan = PasswordRules.LockoutFor;
    }
}
