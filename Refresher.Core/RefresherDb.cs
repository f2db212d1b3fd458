using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Refresher.Core.Access;
using Refresher.Core.Alerts.Channels;
using Refresher.Core.Alerts.Deliveries;
using Refresher.Core.Alerts.Episodes;
using Refresher.Core.Alerts.Rules;
using Refresher.Core.Contract;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Limits;
using Refresher.Core.Outbox;
using Refresher.Core.Outbox.Delivery;
using Refresher.Core.Runs;
using Refresher.Core.Schedules;
using Refresher.Core.Schedules.Calendars;
using Refresher.Core.Schedules.Declared;

namespace Refresher.Core;

/// <summary>The one model of the database: the platform's tables and those of every kind of the catalog.</summary>
public sealed class RefresherDb(DbContextOptions<RefresherDb> options)
    : IdentityDbContext<RefresherUser, IdentityRole<Guid>, Guid>(options)
{
    public DbSet<Schedule> Schedules => Set<Schedule>();

    public DbSet<ScheduleState> ScheduleStates => Set<ScheduleState>();

    public DbSet<ScheduleDeclaration> ScheduleDeclarations => Set<ScheduleDeclaration>();

    public DbSet<OccurrenceGap> OccurrenceGaps => Set<OccurrenceGap>();

    public DbSet<Calendar> Calendars => Set<Calendar>();

    public DbSet<Run> Runs => Set<Run>();

    public DbSet<RunAttempt> RunAttempts => Set<RunAttempt>();

    public DbSet<RunLogLine> RunLogs => Set<RunLogLine>();

    public DbSet<Limit> Limits => Set<Limit>();

    public DbSet<LimitSlot> LimitSlots => Set<LimitSlot>();

    public DbSet<UniqueKey> UniqueKeys => Set<UniqueKey>();

    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    public DbSet<UserSession> UserSessions => Set<UserSession>();

    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

    public DbSet<WorkerOrder> WorkerOrders => Set<WorkerOrder>();

    public DbSet<DeadLetter> DeadLetters => Set<DeadLetter>();

    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    public DbSet<Setting> Settings => Set<Setting>();

    public DbSet<Channel> Channels => Set<Channel>();

    public DbSet<AlertRule> AlertRules => Set<AlertRule>();

    public DbSet<Alert> Alerts => Set<Alert>();

    public DbSet<Delivery> Deliveries => Set<Delivery>();

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.ApplyConfigurationsFromAssembly(typeof(RefresherDb).Assembly);

        // A pooled context cannot take services in its constructor; EF falls back to those of the application here.
        foreach (var kind in this.GetService<KindCatalog>())
        {
            kind.MapModel(builder);
        }

        builder.HasSequence(OutboxRowMapping.Sequence);
        SnakeCase.Apply(builder);
    }
}
