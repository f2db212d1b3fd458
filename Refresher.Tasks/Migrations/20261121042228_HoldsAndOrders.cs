using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Refresher.Tasks.Migrations
{
    /// <inheritdoc />
    public partial class HoldsAndOrders : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "queue_holds",
                columns: table => new
                {
                    queue = table.Column<string>(type: "text", nullable: false),
                    held_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    held_by = table.Column<string>(type: "text", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_queue_holds", x => x.queue);
                });

            migrationBuilder.CreateTable(
                name: "worker_orders",
                columns: table => new
                {
                    worker = table.Column<string>(type: "text", nullable: false),
                    drained_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    drained_by = table.Column<string>(type: "text", nullable: true),
                    concurrency = table.Column<int>(type: "integer", nullable: true),
                    concurrency_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    concurrency_by = table.Column<string>(type: "text", nullable: true),
                    stopped_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    stopped_by = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_worker_orders", x => x.worker);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "queue_holds");

            migrationBuilder.DropTable(
                name: "worker_orders");
        }
    }
}
