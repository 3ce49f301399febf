/* See row-panels.h. */
#include "plots/row-panels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"

void ses_row_panels_release(struct ses_row_panels *grid)
{
    for (size_t i = 0; grid->rows && i < grid->panels.n; i++)
        ses_points_release(&grid->rows[i]);
    free(grid->rows);
    free(grid->plots);
    memset(grid, 0, sizeof *grid);
}

static double widest_row(const struct ses_row_panels *grid,
                         const struct ses_sheet *sheet)
{
    double widest = 0;
    size_t n = grid->named_apart ? grid->panels.n : 1;
    for (size_t i = 0; i < n; i++)
        widest = fmax(widest, ses_points_widest(&grid->rows[i], sheet));
    return widest;
}

enum ses_status ses_row_panels_fit(struct ses_row_panels *grid,
                                   const struct ses_sheet *sheet,
                                   const char *const *const *rows,
                                   size_t n_rows, struct ses_error *err)
{
    struct ses_panels *panels = &grid->panels;
    grid->rows = ses_calloc(panels->n, sizeof *grid->rows);
    grid->plots = ses_calloc(panels->n, sizeof *grid->plots);
    if (!grid->rows || !grid->plots)
        return ses_fail_memory(err, "panels");
    enum ses_status status = SES_OK;
    for (size_t i = 0; !status && i < panels->n; i++) {
        status = ses_points_init(&grid->rows[i], n_rows, rows[i], NULL, err);
        grid->rows[i].words = true;
    }
    if (status)
        return status;
    double names = widest_row(grid, sheet) + 1.5 + SES_TICK;
    panels->left = SES_SHEET_MARGIN + names;
    panels->gutter += grid->side + (grid->named_apart ? names : 0);
    panels->right += grid->side;
    panels->above = sheet->line + 1.5 + grid->head;
    grid->beyond = fmax(sheet->small - panels->high / (double)n_rows, 0) / 2;
    panels->below += grid->beyond;
    return ses_panels_fit_titles(panels, sheet, grid->titles, &grid->title,
                                 err);
}

bool ses_row_panels_named(const struct ses_row_panels *grid, size_t i)
{
    return grid->named_apart || i % (size_t)grid->panels.columns == 0;
}

void ses_row_panels_place(struct ses_row_panels *grid, struct ses_sheet *sheet,
                          double rows)
{
    const struct ses_panels *panels = &grid->panels;
    for (size_t i = 0; i < panels->n; i++) {
        struct ses_rect plot = ses_panels_plot(panels, i, sheet->y);
        grid->plots[i] = plot;
        ses_captions_add(&sheet->labels, sheet->type, grid->titles[i],
                         &grid->title, SES_LOWER_LEFT, plot.x,
                         plot.y - 1.5 - grid->head);
        if (!ses_row_panels_named(grid, i))
            continue;
        double high = rows * plot.height;
        ses_points_name_left(&grid->rows[i], sheet,
                             &(struct ses_rect){
                                 plot.x, plot.y + plot.height - high,
                                 plot.width, high },
                             true);
    }
    sheet->y += ses_panels_height(panels);
}
